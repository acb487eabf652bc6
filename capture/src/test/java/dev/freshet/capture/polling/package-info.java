/** Tests of polling, on real servers. */
package dev.freshet.capture.polling;
