using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderToCash.Kernel;

namespace OrderToCash.Contracts.Tests.Support;

/// <summary>
/// A message of each contract: with everything it can hold, or with as little as it may. Right in shape only: its
/// amounts do not add up, so it is for these tests and no example for readers.
/// </summary>
internal static class Samples
{
    /// <summary>Texts by field; a field that is not here gets its own name.</summary>
    private static readonly Dictionary<string, string> Texts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Account"] = "1200",
        ["BankAccount"] = "US01-OPERATING",
        ["BaseCurrency"] = "USD",
        ["Channel"] = "email",
        ["Code"] = "US01",
        ["Country"] = "US",
        ["Currency"] = "USD",
        ["Decision"] = "approved",
        ["Detail"] = "The order fits into the limit.",
        ["Email"] = "ap@globex.example",
        ["ExternalId"] = "CRM-1001",
        ["InvoiceNumber"] = "INV-US01-2026-000123",
        ["Kind"] = "invoice-issued",
        ["Language"] = "en",
        ["LegalEntity"] = "US01",
        ["Method"] = "wire",
        ["Name"] = "Globex Corporation",
        ["Number"] = "INV-US01-2026-000123",
        ["OrderId"] = "SO-77",
        ["OrderReference"] = "SO-77",
        ["Outcome"] = "sent",
        ["PayerName"] = "GLOBEX CORP",
        ["Phone"] = "+15125550100",
        ["PurchaseOrder"] = "PO-9",
        ["Reason"] = "Entered twice",
        ["Reference"] = "INV-US01-2026-000123",
        ["ReturnCode"] = "R01",
        ["Role"] = "receivables",
        ["Rule"] = "invoice-number",
        ["Segment"] = "enterprise",
        ["SourceNumber"] = "INV-US01-2026-000123",
        ["Status"] = "applied",
        ["Step"] = "first-notice",
        ["Summary"] = "Left a message.",
        ["Terms"] = "NET 30",
        ["TimeZone"] = "America/Chicago",
    };

    /// <summary>A message with every field set.</summary>
    public static object Full(Type type) => Make(type, full: true);

    /// <summary>A message with null in every field that may be null.</summary>
    public static object Sparse(Type type) => Make(type, full: false);

    /// <summary>As it travels.</summary>
    public static JsonObject Wire(object contract) =>
        JsonSerializer.SerializeToNode(contract, contract.GetType(), Json.Wire)!.AsObject();

    /// <summary>True when the field may be null. A context of its own each time: it bears no two threads.</summary>
    public static bool MayBeNull(ParameterInfo field) =>
        Nullable.GetUnderlyingType(field.ParameterType) is not null
        || new NullabilityInfoContext().Create(field).ReadState == NullabilityState.Nullable;

    /// <summary>True when the field was added later: messages of before have it not, and read as its default.</summary>
    public static bool CameLater(ParameterInfo field) => field.HasDefaultValue;

    /// <summary>The fields of a contract, in the order of its constructor.</summary>
    public static IReadOnlyList<ParameterInfo> Fields(Type type) =>
        type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)!.GetParameters();

    private static object Make(Type type, bool full)
    {
        var fields = Fields(type);
        return Activator.CreateInstance(type, [.. fields.Select(field => Value(field, full))])!;
    }

    private static object? Value(ParameterInfo field, bool full)
    {
        var type = Nullable.GetUnderlyingType(field.ParameterType) ?? field.ParameterType;
        return type switch
        {
            _ when !full && MayBeNull(field) => null,
            _ when type == typeof(string) => Texts.GetValueOrDefault(field.Name!, field.Name!),
            _ when type == typeof(Guid) => Id(field.Name!),
            _ when type == typeof(DateOnly) => new DateOnly(2026, 10, 31),
            _ when type == typeof(DateTimeOffset) => new DateTimeOffset(2026, 10, 31, 12, 30, 0, TimeSpan.Zero),
            _ when type == typeof(int) => 1,
            _ when type == typeof(long) => 1L,
            _ when type == typeof(bool) => true,
            _ when type == typeof(decimal) => 1250.00m,
            _ when type == typeof(IReadOnlyList<string>) => new[] { field.Name! },
            _ when type == typeof(IReadOnlyList<Guid>) => new[] { Id(field.Name!) },
            _ when type == typeof(IReadOnlyList<DateOnly>) => new[] { new DateOnly(2026, 12, 25) },
            { IsGenericType: true } => ListOf(type.GetGenericArguments()[0], full),
            _ => Make(type, full),
        };
    }

    /// <summary>The same field always has the same id, so that a message reads as one story.</summary>
    private static Guid Id(string field)
    {
        var bytes = Ids.From("sample", field).ToByteArray(bigEndian: true);
        Convert.FromHexString("019A2B3C4D5E").CopyTo(bytes, 0);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        return new Guid(bytes, bigEndian: true);
    }

    private static object ListOf(Type element, bool full)
    {
        var list = Array.CreateInstance(element, 1);
        list.SetValue(Make(element, full), 0);
        return list;
    }
}
