using System.Text.Json.Serialization;
using OrderToCash.Invoicing.Invoices;

namespace OrderToCash.Invoicing.LegalEntities;

/// <summary>In what order the parts of a document are settled; see <see cref="ApplicationOrder"/>.</summary>
public enum ApplicationRule
{
    /// <summary>Lines with their tax, pro rata; then freight, then late charges, each with its tax.</summary>
    LineAndTaxProrate,

    /// <summary>Lines; then their tax; then freight, then late charges, each with its tax.</summary>
    LineFirstTaxAfter,

    /// <summary>All parts at once, pro rata.</summary>
    ProrateAll,
}

/// <summary>
/// The order inside the documents of a legal entity, by kind of document. A document keeps the rule that it was issued
/// under.
/// </summary>
/// <param name="Default">Of those kinds that have none of their own.</param>
/// <param name="Invoice">Of invoices; null for the default.</param>
/// <param name="DebitMemo">Of debit memos; null for the default.</param>
/// <param name="Deposit">Of deposits; null for the default.</param>
public sealed record ApplicationRules(
    ApplicationRule Default = ApplicationRule.LineAndTaxProrate,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ApplicationRule? Invoice = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ApplicationRule? DebitMemo = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ApplicationRule? Deposit = null)
{
    /// <summary>The rule for a document of this kind.</summary>
    public ApplicationRule For(DocumentKind kind) => kind switch
    {
        DocumentKind.DebitMemo => DebitMemo,
        DocumentKind.Deposit => Deposit,
        _ => Invoice,
    } ?? Default;
}
