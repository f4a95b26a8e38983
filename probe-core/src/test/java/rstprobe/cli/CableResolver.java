package rstprobe.cli;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives the tests of a class one cable, which is laid for the first of them and removed behind the last.
final class CableResolver implements ParameterResolver {
    private static final Namespace CABLES = Namespace.create(CableResolver.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Cable.class;
    }

    @Override
    public Cable resolveParameter(ParameterContext parameter, ExtensionContext context) {
        ExtensionContext ofClass = context.getParent()
                .filter(_ -> context.getTestMethod().isPresent())
                .orElse(context);
        return ofClass.getStore(CABLES).computeIfAbsent(context.getRequiredTestClass(), _ -> new Cable(), Cable.class);
    }
}
