DROP TABLE log_templates;
DROP TABLE scrape_targets;
