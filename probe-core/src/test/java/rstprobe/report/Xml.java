package rstprobe.report;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.SAXParserFactory;
import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.helpers.DefaultHandler;

/// Reads a report as XML, which HTML reports of ours are as well: what is not well-formed fails.
final class Xml {
    private Xml() {}

    /// Every element with its attributes, in order, without any text.
    static List<String> shapes(String document) {
        List<String> shapes = new ArrayList<>();
        DefaultHandler collector = new DefaultHandler() {
            @Override
            public void startElement(String uri, String local, String name, Attributes attributes) {
                StringBuilder shape = new StringBuilder(name);
                for (int i = 0; i < attributes.getLength(); i++) {
                    shape.append(' ').append(attributes.getQName(i)).append('=').append(attributes.getValue(i));
                }
                shapes.add(shape.toString());
            }
        };
        try {
            SAXParserFactory factory = SAXParserFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.newSAXParser()
                    .parse(new InputSource(new StringReader(document.replaceFirst("<!DOCTYPE html>", ""))), collector);
        } catch (Exception malformed) {
            throw new AssertionError(malformed.getMessage() + "\n" + document, malformed);
        }
        return shapes;
    }
}
