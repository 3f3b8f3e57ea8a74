"""The scanners' own rules, each with the code it must find."""
