using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrderToCash.Kernel;

/// <summary>
/// Refuses a null in a list or dictionary whose type has no place for one. The serializer looks at the nullability
/// of properties and parameters but not at that of their elements, and <c>"lines":[null]</c> would be found only by
/// whoever uses the line.
/// </summary>
internal static class NullElements
{
    /// <summary>Adds the check to the types that have such lists.</summary>
    public static void Refuse(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
            return;
        var nullability = new NullabilityInfoContext();
        var lists = type.Properties
            .Where(property => property.Get is not null && property.AttributeProvider is PropertyInfo declared &&
                HasNoPlaceForNull(nullability.Create(declared)))
            .ToArray();
        if (lists.Length == 0)
            return;
        var before = type.OnDeserialized;
        type.OnDeserialized = read =>
        {
            before?.Invoke(read);
            if (Array.Find(lists, list => HoldsNull(list.Get!(read))) is { } list)
                throw new JsonException($"{list.Name} must not hold null");
        };
    }

    private static bool HasNoPlaceForNull(NullabilityInfo property)
    {
        var element = property.ElementType ?? property.GenericTypeArguments.LastOrDefault();
        return property.Type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(property.Type) &&
            element is { Type.IsValueType: false, ReadState: NullabilityState.NotNull };
    }

    private static bool HoldsNull(object? list) => list switch
    {
        null => false,
        IDictionary dictionary => dictionary.Values.Cast<object?>().Contains(null),
        IEnumerable elements => elements.Cast<object?>().Contains(null),
        _ => false,
    };
}
