"""The API's OpenAPI document and its pages, made of what the code runs on when it is bundled."""
