namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>A legal entity was registered or changed; the whole of it as it is now.</summary>
/// <param name="Code">E.g. <c>US01</c>.</param>
/// <param name="Name">Registered name.</param>
/// <param name="BaseCurrency">ISO 4217 code of its books.</param>
/// <param name="Country">ISO 3166 alpha-2.</param>
/// <param name="TimeZone">IANA zone in which its days end.</param>
/// <param name="CashAccounts">Where money of customers waits in its ledger.</param>
/// <param name="Calendar">When its people work; null where nobody works on Saturdays and Sundays alone.</param>
public sealed record LegalEntityDefined(
    string Code, string Name, string BaseCurrency, string Country, string TimeZone, CashAccounts CashAccounts,
    WorkingCalendar? Calendar = null);

/// <summary>When people of a legal entity work.</summary>
/// <param name="DaysOff"><c>monday</c> to <c>sunday</c>: days of the week on which nobody works.</param>
/// <param name="Holidays">Dates on which nobody works.</param>
public sealed record WorkingCalendar(IReadOnlyList<string> DaysOff, IReadOnlyList<DateOnly> Holidays);

/// <summary>Ledger accounts on which money of customers waits.</summary>
/// <param name="UnappliedCash">Money of a known customer that is not applied yet.</param>
/// <param name="UnidentifiedCash">Money that nobody knows the owner of.</param>
/// <param name="CashClearing">Receipts that name no bank account: cash and cards on their way to the bank.</param>
/// <param name="SmallDifferences">Small amounts given up, by us or by customers; null where not told.</param>
public sealed record CashAccounts(
    string UnappliedCash, string UnidentifiedCash, string CashClearing, string? SmallDifferences = null);
