using OrderToCash.CashApplication.Statements.Formats.Csv;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Mappings;

/// <summary>How the CSV of a bank is read was said, or changed; the whole of it as it is now.</summary>
/// <param name="Code">What we call it, e.g. <c>chase-deposits</c>.</param>
/// <param name="Mapping">The mapping.</param>
public sealed record CsvMappingDefined(string Code, CsvMapping Mapping);

/// <summary>A named mapping as it was last defined; files imported before keep the mapping they were read by.</summary>
public sealed record NamedCsvMapping(CsvMappingDefined? Definition)
{
    /// <summary>Before it is defined.</summary>
    public static readonly NamedCsvMapping Initial = new((CsvMappingDefined?)null);
}

/// <summary>The stream of a named mapping.</summary>
public static class CsvMappingStream
{
    /// <summary>Stored name, initial state and fold.</summary>
    public static readonly StreamType<NamedCsvMapping> Type = new("csv_mapping", NamedCsvMapping.Initial, Evolve);

    /// <summary>The code is the key.</summary>
    public static Guid IdOf(string code) => Ids.From("csv-mapping", code);

    private static NamedCsvMapping Evolve(NamedCsvMapping mapping, object fact) => fact switch
    {
        CsvMappingDefined e => new NamedCsvMapping(e),
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no event of a CSV mapping."),
    };
}
