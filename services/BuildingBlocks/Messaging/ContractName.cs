using System.Collections.Concurrent;
using OrderToCash.Contracts;
using OrderToCash.Kernel;

namespace OrderToCash.Messaging;

/// <summary>
/// The names of a contract on the wire, all derived from its namespace and type, e.g. for
/// <c>OrderToCash.Contracts.CashApplication.V1.ReceiptRecorded</c>.
/// </summary>
/// <param name="RoutingKey"><c>cash-application.v1.receipt-recorded</c>; consumers bind to it.</param>
/// <param name="Urn"><c>urn:message:OrderToCash.Contracts.CashApplication.V1:ReceiptRecorded</c>; what MassTransit
/// dispatches on.</param>
public sealed record ContractName(string RoutingKey, string Urn)
{
    private const string Root = "OrderToCash.Contracts.";
    private static readonly ConcurrentDictionary<Type, ContractName> Names = new();

    private static readonly Lazy<HashSet<string>> Keys = new(() =>
    [
        .. from type in typeof(MoneyAmount).Assembly.GetExportedTypes()
           where type.Namespace?.StartsWith(Root, StringComparison.Ordinal) == true
           select Of(type).RoutingKey,
    ]);

    /// <summary>
    /// The names of a contract; throws for a type that is not one, so that no stored event is ever published as it is.
    /// </summary>
    public static ContractName Of(Type type) => Names.GetOrAdd(type, static type =>
    {
        if (type.Assembly != typeof(MoneyAmount).Assembly
            || type.Namespace?.StartsWith(Root, StringComparison.Ordinal) != true)
        {
            throw new InvalidOperationException(
                $"{type} is not a contract; only types of {Root}<Service>.V<n> are published.");
        }

        var (service, version) = type.Namespace[Root.Length..].Split('.') switch
        {
            [var s, var v] => (s, v),
            _ => throw new InvalidOperationException($"{type.Namespace} is not {Root}<Service>.V<n>."),
        };
        return new ContractName(
            $"{Json.NameOf(service)}.{version.ToLowerInvariant()}.{Json.NameOf(type.Name)}",
            $"urn:message:{type.Namespace}:{type.Name}");
    });

    /// <summary>
    /// Whether this build has a contract of that routing key; an older one does not know those that came later.
    /// </summary>
    public static bool IsKnown(string routingKey) => Keys.Value.Contains(routingKey);
}
