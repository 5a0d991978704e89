"""From codes and raw values to text in the language of the reader."""
