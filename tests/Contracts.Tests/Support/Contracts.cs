using OrderToCash.Messaging;

namespace OrderToCash.Contracts.Tests.Support;

/// <summary>The contracts: what is published, and the parts it is made of.</summary>
internal static class Contracts
{
    /// <summary>Every record of <c>OrderToCash.Contracts</c>, by name.</summary>
    public static IReadOnlyList<Type> All { get; } =
    [
        .. typeof(MoneyAmount).Assembly.GetExportedTypes()
            .Where(type => type.GetMethod("<Clone>$") is not null)
            .OrderBy(type => type.FullName, StringComparer.Ordinal),
    ];

    /// <summary>What is published: contracts of a service and version that are no part of another.</summary>
    public static IReadOnlyList<Type> Messages { get; } =
    [
        .. All.Where(type => type.Namespace!.Split('.').Length == 4 && !All.Any(other => PartsOf(other).Contains(type)))
            .OrderBy(type => ContractName.Of(type).RoutingKey, StringComparer.Ordinal),
    ];

    public static TheoryData<Type> Theory => new(Messages);

    /// <summary><c>Invoicing/V1/InvoiceIssued</c>: where a contract is, under <c>contracts/</c>.</summary>
    public static string PathOf(Type type) => $"{string.Join('/', type.Namespace!.Split('.').Skip(2))}/{type.Name}";

    private static IEnumerable<Type> PartsOf(Type type) => type.GetProperties()
        .Select(property => property.PropertyType)
        .Select(part => part.IsGenericType ? part.GetGenericArguments()[0] : part);
}
