package dev.freshet.examples.demo;

import dev.freshet.examples.shop.PublishWay;

/**
 * What is shown of the events at one moment.
 *
 * @param way how they are published
 * @param published events that the shop knows to be committed
 * @param arrived events that shipping has kept since the start, each counted once
 * @param p50Millis commit in the shop to commit at shipping, of those committed with complete copies; NaN before there is one
 * @param p99Millis the same
 */
record EventFigures(PublishWay way, long published, long arrived, double p50Millis, double p99Millis) {}
