"""The documents as a site: the Markdown files as they are, and the sources that they link to."""
