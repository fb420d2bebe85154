"""Where the pages lie in the Docs function's bundle, for who writes them and who reads them."""

FOLDER = "pages"
INDEX = "index.json"
