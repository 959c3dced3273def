using System.Text.Json;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Rules;

public class DefiningLegalEntities
{
    private static readonly DeciderSpec<LegalEntity> Entities = new(LegalEntity.Initial, LegalEntity.Evolve);

    private static readonly LegalEntityDefined Us01 = new(
        "US01", "Acme Inc.", "USD", "US", "America/Chicago", TaxRounding.Line, LedgerAccounts.Standard);

    [Fact]
    public void The_first_time_it_is_defined() =>
        Entities.Given().When(entity => LegalEntityDecider.Define(entity, Us01, inUse: false)).Then(Us01);

    [Fact]
    public void Saying_the_same_again_is_nothing() =>
        Entities.Given(Us01).When(entity => LegalEntityDecider.Define(entity, Us01 with { }, inUse: true))
            .ThenNothing();

    [Fact]
    public void A_change_is_kept_whole()
    {
        var moved = Us01 with { TimeZone = "America/New_York" };
        Entities.Given(Us01).When(entity => LegalEntityDecider.Define(entity, moved, inUse: true)).Then(moved);
    }

    [Fact]
    public void The_base_currency_stays_once_it_is_used() =>
        Entities.Given(Us01)
            .When(entity => LegalEntityDecider.Define(entity, Us01 with { BaseCurrency = "CAD" }, inUse: true))
            .ThenRefused("base-currency-in-use");

    [Fact]
    public void The_base_currency_may_be_corrected_before()
    {
        var corrected = Us01 with { BaseCurrency = "CAD" };
        Entities.Given(Us01).When(entity => LegalEntityDecider.Define(entity, corrected, inUse: false)).Then(corrected);
    }

    /// <summary>What was stored before there were accounts for agencies.</summary>
    [Fact]
    public void Accounts_that_were_not_asked_for_are_the_standard_ones() =>
        JsonSerializer.Deserialize<OtherAccounts>("""{"CashDiscount":"4911","BadDebtExpense":"6801"}""", Json.Stored)
            .ShouldBe(new OtherAccounts(CashDiscount: "4911", BadDebtExpense: "6801"));

    [Fact]
    public void Each_field_is_checked()
    {
        LegalEntityDefined[] wrong =
        [
            Us01 with { Code = "US-01" }, Us01 with { Code = "US01\n" }, Us01 with { Name = " " },
            Us01 with { BaseCurrency = "XXX" }, Us01 with { Country = "USA" }, Us01 with { TimeZone = "Chicago" },
            Us01 with { Accounts = new LedgerAccounts(Tax: "") },
            Us01 with { Accounts = new LedgerAccounts(Others: new OtherAccounts(CollectionCosts: "")) },
            Us01 with { Accounts = new LedgerAccounts(Others: new OtherAccounts(AgencyCommissions: "")) },
        ];
        foreach (var wish in wrong)
        {
            Entities.Given().When(entity => LegalEntityDecider.Define(entity, wish, inUse: false))
                .ThenRefused("invalid-legal-entity");
        }
    }
}
