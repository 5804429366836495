"""Transfer sets: texts with the teacher's logits."""
