"""HCL, as text or JSON, to syntax; what a language written in it means stands elsewhere."""
