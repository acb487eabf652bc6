package dev.freshet.outbox;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** A connection of which the answer to a commit never comes, although that was done. */
final class LosingConnection {
    private LosingConnection() {}

    /** Returns a connection that commits by another one, and says that it was lost. */
    static Connection of(Connection real) {
        return losing(Connection.class, real, false);
    }

    private static <T> T losing(Class<T> type, T real, boolean commits) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Object answer;
                    try {
                        answer = method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                    if (method.getName().equals("commit")
                            || (commits && method.getName().equals("execute"))) {
                        throw new SQLException("the answer was lost", "08006");
                    }
                    return answer instanceof PreparedStatement statement
                            ? losing(PreparedStatement.class, statement, ((String) arguments[0]).endsWith("COMMIT"))
                            : answer;
                }));
    }
}
