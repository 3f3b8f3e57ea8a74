"""Finding: what an index holds, how words become a query, and who may see which hit."""
