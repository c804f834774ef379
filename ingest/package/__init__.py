"""Report packages: what one force signs and another imports without retyping, with the origin's own ids."""
