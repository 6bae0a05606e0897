COMMENT ON COLUMN incidents.file_snapshots IS 'Code around the failing frames: [{"path", "content", "line_number", "column"}]; null before it was read. [D1]';
DROP TABLE model_calls;
DROP TABLE autopsy_answers;
