"""The text of a query becomes its shape, and the form in which the engine is asked."""
