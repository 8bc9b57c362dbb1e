RedisURI uri;
