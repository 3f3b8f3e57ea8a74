"""The site assembled: settings, addresses and the pages people see. Nobody imports this room."""
