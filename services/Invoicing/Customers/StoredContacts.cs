using System.Text.Json;
using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Customers;

/// <summary>
/// Contacts as events and the read model keep them: role and time zone for all to read, name, ways to reach them and
/// what they wish sealed with the key of the person. A key opens them after they were read (<c>PersonalData</c>);
/// without it they read as erased. What was stored before there were keys stands there in plain and is read as it is.
/// Where events are shown rather than stored, contacts are written as they are known.
/// </summary>
public sealed class StoredContacts : JsonConverter<IReadOnlyList<Contact>>
{
    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNameCaseInsensitive = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter() },
    };

    private sealed record Entry(
        string Role, string? Name = null, string? Email = null, string? Phone = null, string? TimeZone = null,
        Guid? Id = null, string? Sealed = null, string? Language = null, ContactChannel? PreferredChannel = null,
        bool? Consent = null);

    /// <summary>The JSON to store.</summary>
    public static string Write(IReadOnlyList<Contact> contacts) =>
        JsonSerializer.Serialize(contacts.Select(Stored), Form);

    /// <summary>Contacts as they were stored; those that are sealed are still to be opened.</summary>
    public static IReadOnlyList<Contact> Read(string json) =>
        (Contact[])[.. JsonSerializer.Deserialize<Entry[]>(json, Form)!.Select(Known)];

    /// <inheritdoc/>
    public override IReadOnlyList<Contact> Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        (Contact[])[.. JsonSerializer.Deserialize<Entry[]>(ref reader, Form)!.Select(Known)];

    /// <inheritdoc/>
    public override void Write(
        Utf8JsonWriter writer, IReadOnlyList<Contact> value, JsonSerializerOptions options)
    {
        if (ReferenceEquals(options, Json.Stored))
            JsonSerializer.Serialize(writer, value.Select(Stored), Form);
        else
            JsonSerializer.Serialize(writer, value, options);
    }

    private static Entry Stored(Contact contact) => contact switch
    {
        { Seal: { } seal } => new(contact.Role, TimeZone: contact.TimeZone, Id: contact.Id, Sealed: seal.Text),
        { Erased: true } => new(contact.Role, Id: contact.Id),
        _ => new(
            contact.Role, contact.Name, contact.Email, contact.Phone, contact.TimeZone, contact.Id, null,
            contact.Language, contact.PreferredChannel, contact.Consent),
    };

    private static Contact Known(Entry entry) => entry.Name is { } name
        ? new(
            name, entry.Role, entry.Email, entry.Phone, entry.TimeZone, entry.Id, false, entry.Language,
            entry.PreferredChannel, entry.Consent)
        : new("", entry.Role, TimeZone: entry.TimeZone, Id: entry.Id, Erased: true)
        {
            Seal = entry.Sealed is { } text ? new(text, null) : null,
        };
}
