package rstprobe.cli;

import picocli.CommandLine.ITypeConverter;

/// Lets picocli read a target.
final class TargetConverter implements ITypeConverter<TargetWords> {
    @Override
    public TargetWords convert(String words) {
        return TargetWords.parse(words);
    }
}
