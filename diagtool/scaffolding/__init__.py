"""A project that builds, from nothing or beside what there is."""
