using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace OrderToCash.Kernel;

/// <summary>
/// The two JSON forms: <see cref="Wire"/> for HTTP and messages, <see cref="Stored"/> for events in the store.
/// Both refuse a missing required field or a null where none may be, in a list too, so that a wrong body faults instead
/// of reading as zeros.
/// </summary>
public static class Json
{
    /// <summary>camelCase, enumerations kebab-case, decimals as text, 32 levels deep, unknown fields ignored.</summary>
    public static readonly JsonSerializerOptions Wire =
        Build(JsonNamingPolicy.CamelCase, JsonNamingPolicy.KebabCaseLower);

    /// <summary>Names as in C#, which is what Marten's default serializer reads; decimals as text.</summary>
    public static readonly JsonSerializerOptions Stored = Build(null, null);

    /// <summary>
    /// A value of an enumeration as <see cref="Wire"/>, texts and most tables write it: <c>PartiallyPaid</c> as
    /// <c>partially-paid</c>. Tables of Invoicing and of approvals write the name as in C#, as events do.
    /// </summary>
    public static string NameOf(Enum value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return NameOf(value.ToString());
    }

    /// <summary>The same from its name in C#.</summary>
    public static string NameOf(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    /// <summary>Gives other options (ASP.NET Core's, MassTransit's) the rules of <see cref="Wire"/>.</summary>
    public static void Configure(JsonSerializerOptions options) =>
        Apply(options, JsonNamingPolicy.CamelCase, JsonNamingPolicy.KebabCaseLower);

    private static JsonSerializerOptions Build(JsonNamingPolicy? properties, JsonNamingPolicy? enumerations)
    {
        var options = new JsonSerializerOptions();
        Apply(options, properties, enumerations);
        options.MakeReadOnly();
        return options;
    }

    private static void Apply(
        JsonSerializerOptions options, JsonNamingPolicy? properties, JsonNamingPolicy? enumerations)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.PropertyNamingPolicy = properties;
        options.PropertyNameCaseInsensitive = properties is not null;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.MaxDepth = 32;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.TypeInfoResolver = (options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver())
            .WithAddedModifier(NullElements.Refuse);
        options.Converters.Add(new DecimalJsonConverter());
        options.Converters.Add(new JsonStringEnumConverter(enumerations, allowIntegerValues: false));
    }
}
