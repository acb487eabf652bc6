package dev.freshet.outbox;

import tools.jackson.databind.json.JsonMapper;

/** Payloads as JSON, by Jackson. */
public final class JsonCodec implements EventCodec {
    private final JsonMapper mapper;

    /** Creates one with Jackson's defaults. */
    public JsonCodec() {
        this(JsonMapper.builder().build());
    }

    /** Creates one with a mapper of the service's own. */
    public JsonCodec(JsonMapper mapper) {
        this.mapper = mapper;
    }

    @Override
    public byte[] encode(Object payload) {
        return mapper.writeValueAsBytes(payload);
    }

    @Override
    public String contentType() {
        return "application/json";
    }
}
