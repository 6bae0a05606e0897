-- The statement that document 5 (tracking) prints, word by word; its `?` is the project's id.

-- § Query Patterns: most common
SELECT * FROM incidents WHERE project_id = ? AND status = 'open'
