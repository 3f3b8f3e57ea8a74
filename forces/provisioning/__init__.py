"""What a force's directory says of its people: who joins, who leaves."""
