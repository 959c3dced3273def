using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace OrderToCash.Kernel;

/// <summary>
/// An ISO 4217 currency: its alphabetic code and the number of decimals of its minor unit
/// (JPY 0, USD 2, BHD 3). Only the currencies of the list below exist; there is no "unknown" currency.
/// </summary>
public readonly record struct Currency
{
    private static readonly FrozenDictionary<string, Entry> Table = BuildTable();

    private static readonly FrozenDictionary<string, Entry>.AlternateLookup<ReadOnlySpan<char>> TableBySpan =
        Table.GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly Entry? _entry;

    private Currency(Entry entry) => _entry = entry;

    /// <summary>The three-letter code. Throws on a default value, so an unset currency never passes as one.</summary>
    public string Code => Known.Code;

    /// <summary>Decimals of the minor unit, 0 to 4.</summary>
    public int MinorUnits => Known.MinorUnits;

    private Entry Known => _entry ?? throw new InvalidOperationException("A currency was never set.");

    /// <summary>The smallest amount of this currency, e.g. 0.01 USD, 1 JPY.</summary>
    public decimal Unit => UnitOf(MinorUnits);

    /// <summary>The currency of a code. Throws <see cref="ArgumentException"/> where ISO 4217 has none.</summary>
    public static Currency Of(string code) =>
        TryOf(code, out var currency)
            ? currency
            : throw new ArgumentException($"'{code}' is not an ISO 4217 currency.", nameof(code));

    /// <summary>True and the currency when ISO 4217 has the code (upper case, exactly three letters).</summary>
    public static bool TryOf([NotNullWhen(true)] string? code, out Currency currency) =>
        TryOf(code.AsSpan(), out currency);

    /// <summary>The same of a part of a text.</summary>
    public static bool TryOf(ReadOnlySpan<char> code, out Currency currency)
    {
        var known = TableBySpan.TryGetValue(code, out var entry);
        currency = known ? new Currency(entry!) : default;
        return known;
    }

    /// <inheritdoc/>
    public override string ToString() => Code;

    internal static decimal UnitOf(int minorUnits) => new(1, 0, 0, isNegative: false, (byte)minorUnits);

    /// <summary>Minor units from ISO 4217 list one.</summary>
    private static FrozenDictionary<string, Entry> BuildTable()
    {
        // ANG and BGN were withdrawn in 2025 and 2026; documents in them are still open.
        const string two =
            "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD " +
            "CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD " +
            "GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA " +
            "MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR " +
            "RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD " +
            "TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";
        const string none = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
        const string three = "BHD IQD JOD KWD LYD OMR TND";
        const string four = "CLF UYW";

        return new[] { (none, 0), (two, 2), (three, 3), (four, 4) }
            .SelectMany(group => group.Item1.Split(' ').Select(code => new Entry(code, group.Item2)))
            .ToFrozenDictionary(entry => entry.Code, StringComparer.Ordinal);
    }

    /// <summary>There is one of each currency, so two currencies are equal where their entries are the same.</summary>
    private sealed class Entry(string code, int minorUnits)
    {
        public string Code { get; } = code;

        public int MinorUnits { get; } = minorUnits;
    }
}
