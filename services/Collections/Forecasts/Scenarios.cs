namespace OrderToCash.Collections.Forecasts;

/// <summary>
/// A repeatable source of chance: the same seed gives the same forecast (SplitMix64; Steele, Lea and Flood, Fast
/// Splittable Pseudorandom Number Generators, OOPSLA 2014).
/// </summary>
internal sealed class Scenarios(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Every value of 32 bits is equally likely.</summary>
    public uint Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (uint)((mixed ^ (mixed >> 31)) >> 32);
    }

    /// <summary>A chance from 0 to 1 as a bound for <see cref="Next"/>.</summary>
    public static uint Bound(decimal chance) => (uint)(Math.Clamp(chance, 0, 1) * uint.MaxValue);
}
