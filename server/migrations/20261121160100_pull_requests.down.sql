DROP TABLE pull_request_decisions;
DROP TABLE pull_request_claims;
DROP TABLE pull_requests;
