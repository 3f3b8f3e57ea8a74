"""The laundering machine: what it believes, the doors it tries and the steps it takes."""
