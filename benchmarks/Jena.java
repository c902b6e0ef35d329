import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.apache.jena.query.Dataset;
import org.apache.jena.query.Query;
import org.apache.jena.query.QueryExecution;
import org.apache.jena.query.QueryExecutionFactory;
import org.apache.jena.query.QueryFactory;
import org.apache.jena.query.ResultSetFormatter;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.system.Txn;
import org.apache.jena.tdb2.TDB2;
import org.apache.jena.tdb2.TDB2Factory;

/** A TDB2 store becomes the least SPARQL endpoint that the benchmark can ask: POST of a form, JSON or N-Triples back. */
public class Jena {
    public static void main(String[] arguments) throws IOException {
        Dataset dataset = TDB2Factory.connectDataset(arguments[0]);
        dataset.getContext().set(TDB2.symUnionDefaultGraph, true);
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[1])), 0);
        server.createContext("/sparql", exchange -> answer(exchange, dataset));
        server.start();
    }

    private static void answer(HttpExchange exchange, Dataset dataset) throws IOException {
        try (OutputStream out = exchange.getResponseBody()) {
            String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Query query = QueryFactory.create(parameter(form, "query"));
            boolean isGraph = query.isConstructType() || query.isDescribeType();
            exchange.getResponseHeaders().set("Content-Type", isGraph ? "application/n-triples" : "application/sparql-results+json");
            exchange.sendResponseHeaders(200, 0);
            Txn.executeRead(dataset, () -> write(query, dataset, out));
        } catch (RuntimeException error) {
            error.printStackTrace();
            exchange.sendResponseHeaders(400, -1);
        }
    }

    private static void write(Query query, Dataset dataset, OutputStream out) {
        try (QueryExecution run = QueryExecutionFactory.create(query, dataset)) {
            if (query.isAskType()) {
                ResultSetFormatter.outputAsJSON(out, run.execAsk());
            } else if (query.isSelectType()) {
                ResultSetFormatter.outputAsJSON(out, run.execSelect());
            } else {
                RDFDataMgr.write(out, query.isConstructType() ? run.execConstruct() : run.execDescribe(), Lang.NTRIPLES);
            }
        }
    }

    private static String parameter(String form, String name) {
        for (String pair : form.split("&")) {
            if (pair.startsWith(name + "=")) {
                return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
            }
        }
        throw new IllegalArgumentException("no " + name);
    }
}
