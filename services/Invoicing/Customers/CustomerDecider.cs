using System.Collections.Frozen;
using System.Text.RegularExpressions;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.ReferenceRates;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Customers;

/// <summary>What a caller wants registered.</summary>
/// <param name="TermsOrigin">Where the terms come from: standard or a contract.</param>
/// <param name="Clauses">What may be charged for paying late.</param>
/// <param name="Statements">How it wants its statements.</param>
/// <param name="Invoices">How it wants its invoices; without it as its legal entity does.</param>
public sealed record RegisterCustomer(
    string LegalEntity, string Name, string Currency, string Country, string Terms, string Language = "en",
    string? ExternalId = null, string? Segment = null, Guid? ParentId = null, IReadOnlyList<Contact>? Contacts = null,
    int DiscountGraceDays = 0, BillTo? BillTo = null, TermsOrigin TermsOrigin = TermsOrigin.Standard,
    ContractClauses? Clauses = null, StatementPreference? Statements = null, InvoicePreference? Invoices = null);

/// <summary>What may become of a customer.</summary>
public static partial class CustomerDecider
{
    private const int MaxContacts = 50;
    private const int MaxSums = 10;

    internal static readonly FrozenSet<string> Languages = new[] { "en", "es", "fr" }.ToFrozenSet();

    /// <summary>
    /// Opens the account under this number. Whether entity and parent exist is looked up before. What a contract adds
    /// to an account is its first change.
    /// </summary>
    public static Decision Register(Customer customer, RegisterCustomer wish, string number)
    {
        ArgumentNullException.ThrowIfNull(customer);
        ArgumentNullException.ThrowIfNull(wish);
        if (customer.Now is not null)
            return Decision.Nothing;
        if (Check(wish) is { } refusal)
            return refusal;
        var registered = new CustomerRegistered(
            number, wish.LegalEntity, wish.Name.Trim(), wish.ExternalId, wish.Currency, wish.Country, wish.Language,
            wish.Segment, PaymentTerms.Parse(wish.Terms).ToString(), wish.ParentId, wish.Contacts ?? [],
            wish.DiscountGraceDays, wish.BillTo);
        var opened = CustomerSnapshot.Of(registered);
        var agreed = opened with
        {
            TermsOrigin = wish.TermsOrigin,
            Clauses = wish.Clauses,
            Statements = wish.Statements,
            Invoices = wish.Invoices,
        };
        return agreed == opened ? Decision.Of(registered) : Decision.Of(registered, new CustomerChanged(agreed));
    }

    /// <summary>What is wrong with the wish as such; asked before a number is drawn for it.</summary>
    public static Refusal? Check(RegisterCustomer wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        return wish switch
        {
            _ when !LegalEntityDecider.IsName(wish.Name) =>
                CustomerRefusals.Invalid("/name", "The name has 1 to 200 characters on one line."),
            _ when !Currency.TryOf(wish.Currency, out _) =>
                CustomerRefusals.Invalid("/currency", $"'{wish.Currency}' is not an ISO 4217 currency."),
            _ when !LegalEntityDecider.CountryFormat().IsMatch(wish.Country) =>
                CustomerRefusals.Invalid(
                    "/country", "The country is an ISO 3166 code of two capital letters, such as US."),
            _ when !Languages.Contains(wish.Language) =>
                CustomerRefusals.Invalid("/language", "The language is en, es or fr."),
            _ when wish.ExternalId is { Length: 0 or > 100 } =>
                CustomerRefusals.Invalid("/externalId", "The external id has 1 to 100 characters."),
            _ when wish.Segment is { Length: 0 or > 50 } =>
                CustomerRefusals.Invalid("/segment", "The segment has 1 to 50 characters."),
            _ when !PaymentTerms.TryParse(wish.Terms, out _) => CustomerRefusals.Terms(wish.Terms, "/terms"),
            { DiscountGraceDays: < 0 or > 30 } =>
                CustomerRefusals.Invalid("/discountGraceDays", "Deductions have 0 to 30 days of grace."),
            { TermsOrigin: TermsOrigin.ApprovedRequest } => CustomerRefusals.Invalid(
                "/termsOrigin", "Nobody has approved the terms of a new customer: they are standard or a contract's."),
            { BillTo: { } billTo } when Check(billTo) is { } refusal => refusal,
            { Clauses: { } clauses } when Check(clauses, wish.Currency) is { } refusal => refusal,
            { Invoices: { } invoices } when Check(invoices, wish.ParentId) is { } refusal => refusal,
            _ => CheckContacts(wish.Contacts ?? []),
        };
    }

    private static Refusal? Check(BillTo billTo) => billTo switch
    {
        { Address.Fault: { } fault } => CustomerRefusals.Invalid("/billTo/address", fault),
        { TaxId: { } taxId } when !TaxIdFormat().IsMatch(taxId) => CustomerRefusals.Invalid(
            "/billTo/taxId", "A tax number is 2 to 30 letters, digits, dots, hyphens and slashes."),
        { BuyerReference: { } reference } when string.IsNullOrWhiteSpace(reference) || reference.Length > 100
            || reference.Any(char.IsControl) => CustomerRefusals.Invalid(
                "/billTo/buyerReference", "The buyer's reference has 1 to 100 characters."),
        { RegistrationNumber: { } number } when !RegistrationNumberFormat().IsMatch(number) =>
            CustomerRefusals.Invalid(
                "/billTo/registrationNumber",
                "A registration number is 2 to 40 letters, digits, blanks, dots, hyphens and slashes."),
        _ => null,
    };

    private static Refusal? Check(InvoicePreference invoices, Guid? parentId) =>
        !RoleFormat().IsMatch(invoices.ContactRole)
            ? CustomerRefusals.Invalid("/invoices/contactRole", "The role is a word such as accounts-payable.")
            : invoices.BillToParent && parentId is null
                ? CustomerRefusals.Invalid("/invoices/billToParent", "There is no parent that could get them.")
                : null;

    private static Refusal? Check(ContractClauses clauses, string currency) => clauses switch
    {
        { LateFee: { } fee } when fee <= 0 || !Money.TryOf(fee, Currency.Of(currency), out _) =>
            CustomerRefusals.Invalid("/clauses/lateFee", $"The late fee is an amount of {currency} above zero."),
        { LateFeePercent: <= 0 or > 100 } or { LateFeePercent.Scale: > 4 } => CustomerRefusals.Invalid(
            "/clauses/lateFeePercent", "The late fee is above 0 and at most 100 %, with at most 4 decimals."),
        { InterestPercent: <= 0 or > 100 } or { InterestPercent.Scale: > 4 } => CustomerRefusals.Invalid(
            "/clauses/interestPercent", "Interest is above 0 and at most 100 % a year, with at most 4 decimals."),
        { GraceDays: < 0 or > 90 } => CustomerRefusals.Invalid(
            "/clauses/graceDays", "There are 0 to 90 days of grace."),
        { ReminderFee: { } fee } when fee <= 0 || !Money.TryOf(fee, Currency.Of(currency), out _) =>
            CustomerRefusals.Invalid(
                "/clauses/reminderFee", $"The fee for a notice is an amount of {currency} above zero."),
        { Reference.Length: 0 or > 100 } => CustomerRefusals.Invalid(
            "/clauses/reference", "The reference has 1 to 100 characters."),
        { Statutory: not null, InterestPercent: not null } => CustomerRefusals.Invalid(
            "/clauses/statutory", "Interest is at a fixed rate or by law, not both."),
        { Statutory: { } statutory } when Check(statutory, currency) is { } refusal => refusal,
        { Discounts: { } discounts } => Check(discounts, currency),
        _ => null,
    };

    private static Refusal? Check(StatutoryClause clause, string currency) => clause switch
    {
        _ when clause.ReferenceRate is null || !ReferenceRateDecider.NameFormat().IsMatch(clause.ReferenceRate) =>
            CustomerRefusals.Invalid(
                "/clauses/statutory/referenceRate", "The reference rate is named by a word such as ecb."),
        { Points: < 0 or > 100 } or { Points.Scale: > 4 } => CustomerRefusals.Invalid(
            "/clauses/statutory/points", "It is 0 to 100 percentage points, with at most 4 decimals."),
        { Sums: { } sums } when sums.Count > MaxSums
            || sums.Any(sum =>
                sum.From < 0 || sum.Amount <= 0 || !Money.TryOf(sum.Amount, Currency.Of(currency), out _))
            || sums.Zip(sums.Skip(1)).Any(pair => pair.First.From >= pair.Second.From) =>
                CustomerRefusals.Invalid(
                    "/clauses/statutory/sums",
                    $"There are up to {MaxSums} amounts of {currency} above zero, each from a higher open amount on."),
        _ => null,
    };

    private static Refusal? Check(DiscountClause discounts, string currency) => discounts switch
    {
        { Allow: not DiscountAllowance.EarnedAndUnearned } and not { UnearnedDays: null, UnearnedUpTo: null } =>
            CustomerRefusals.Invalid(
                "/clauses/discounts/allow", "Bounds are for earned and unearned discounts (EarnedAndUnearned)."),
        { Allow: DiscountAllowance.EarnedAndUnearned, UnearnedDays: null, UnearnedUpTo: null } =>
            CustomerRefusals.Invalid(
                "/clauses/discounts", "What is not earned is bounded by unearnedDays, by unearnedUpTo, or by both."),
        { UnearnedDays: < 1 or > 365 } => CustomerRefusals.Invalid(
            "/clauses/discounts/unearnedDays", "It is 1 to 365 days."),
        { UnearnedUpTo: { } most } when most <= 0 || !Money.TryOf(most, Currency.Of(currency), out _) =>
            CustomerRefusals.Invalid(
                "/clauses/discounts/unearnedUpTo", $"It is an amount of {currency} above zero."),
        _ => null,
    };

    private static Refusal? CheckContacts(IReadOnlyList<Contact> contacts)
    {
        if (contacts.Count > MaxContacts)
            return CustomerRefusals.Invalid("/contacts", $"A customer has at most {MaxContacts} contacts.");
        return contacts.Select(Check).FirstOrDefault(refusal => refusal is not null);
    }

    private static Refusal? Check(Contact contact, int index) => contact switch
    {
        { Erased: true } => null,
        _ when !LegalEntityDecider.IsName(contact.Name) =>
            CustomerRefusals.Invalid($"/contacts/{index}/name", "The name has 1 to 200 characters on one line."),
        _ when !RoleFormat().IsMatch(contact.Role) =>
            CustomerRefusals.Invalid($"/contacts/{index}/role", "The role is a word such as accounts-payable."),
        { Email: { } email } when email.Length > 254 || !EmailFormat().IsMatch(email) =>
            CustomerRefusals.Invalid($"/contacts/{index}/email", $"'{email}' is not an e-mail address."),
        { Phone: { } phone } when !PhoneFormat().IsMatch(phone) =>
            CustomerRefusals.Invalid($"/contacts/{index}/phone", "The phone number is E.164, such as +15125550100."),
        { TimeZone: { } zone } when !LocalClock.IsTimeZone(zone) =>
            CustomerRefusals.Invalid($"/contacts/{index}/timeZone", $"'{zone}' is not an IANA time zone."),
        { Language: { } language } when !Languages.Contains(language) =>
            CustomerRefusals.Invalid($"/contacts/{index}/language", "The language is en, es or fr."),
        _ => null,
    };

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,39}\z", RegexOptions.None, 1000)]
    internal static partial Regex RoleFormat();

    /// <summary>
    /// Whether mail arrives only the mail server knows; this keeps out what cannot be an address, and header injection.
    /// </summary>
    [GeneratedRegex(@"^[^\s@<>,;:""]+@[^\s@<>,;:""]+\.[^\s@<>,;:""]+\z", RegexOptions.None, 1000)]
    internal static partial Regex EmailFormat();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9./-]{1,29}\z", RegexOptions.None, 1000)]
    internal static partial Regex TaxIdFormat();

    /// <summary>Registers of the world number in many ways; it begins and ends with a letter or digit.</summary>
    [GeneratedRegex(@"^[\p{L}0-9](?:[\p{L}0-9 ./-]{0,38}[\p{L}0-9])\z", RegexOptions.None, 1000)]
    internal static partial Regex RegistrationNumberFormat();

    [GeneratedRegex(@"^\+[1-9][0-9]{6,14}\z", RegexOptions.None, 1000)]
    internal static partial Regex PhoneFormat();
}
