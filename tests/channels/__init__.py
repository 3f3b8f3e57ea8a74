"""The 62 channels through which a document, or its existence, could leak, each shut and watched."""
