"""The help site: one English source per topic and the catalogs become static pages in every language."""
