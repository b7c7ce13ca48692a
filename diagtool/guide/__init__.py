"""The pages' templates and their renderer, and the record that a site keeps of its pages."""
