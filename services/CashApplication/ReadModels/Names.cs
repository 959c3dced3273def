using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>Enumerations as the wire and the tables write them.</summary>
internal static class Names
{
    /// <summary><c>PartiallyApplied</c> as <c>partially-applied</c>.</summary>
    public static string Kebab<T>(this T value)
        where T : struct, Enum => Json.NameOf(value);
}
