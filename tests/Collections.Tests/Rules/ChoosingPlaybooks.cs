using System.Text.Json;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>COL-01, COL-03, COL-19: which playbook a customer goes by.</summary>
public sealed class ChoosingPlaybooks
{
    private static readonly PlaybookDefined Gentle =
        Some.Standard with { Code = "gentle", Steps = [Some.Standard.Steps[1]] };

    private static readonly CustomerPlaybooks Playbooks = new(
        [
            new PlaybookRule("Our own", new CustomerCondition(Segments: ["internal"]), CustomerPlaybooks.None),
            new PlaybookRule("Small and young", new CustomerCondition(Segments: ["smb", "start-up"]), "gentle"),
            new PlaybookRule("Small debts", new CustomerCondition(OwingLessThan: [Some.Usd(50)]), "gentle"),
        ],
        "standard",
        new Dictionary<string, PlaybookInForce>
        {
            ["standard"] = new(Some.Standard, 3),
            ["gentle"] = new(Gentle, 1),
        });

    private static readonly DeciderSpec<CollectionAccount> Accounts =
        new(CollectionAccount.Initial, CollectionAccount.Evolve);

    [Theory]
    [InlineData("smb", 1000, null, "gentle")]
    [InlineData("enterprise", 1000, null, "standard")]
    [InlineData("enterprise", 49, null, "gentle")]
    [InlineData(null, 1000, null, "standard")]
    [InlineData("internal", 10, null, "none")]
    [InlineData("internal", 10, "standard", "standard")]
    [InlineData("smb", 1000, "none", "none")]
    public void a_person_comes_before_the_rules_and_the_first_rule_before_the_next(
        string? segment, int owes, string? given, string expected)
    {
        var customer = Some.Customer(Some.Item(amount: owes)) with { Segment = segment };

        Playbooks.CodeFor(customer.Traits, given).ShouldBe(expected);
    }

    /// <summary>While a newer version is rolled out: whom its rule may be for is left alone, and nobody else.</summary>
    [Fact]
    public void a_condition_of_a_newer_version_stops_none_of_the_others()
    {
        var newer = JsonSerializer.Deserialize<CustomerCondition>(
            """{ "Countries": ["US"], "Moods": ["bright"] }""", Json.Stored)!;
        var playbooks = Playbooks with { Rules = [new("Of tomorrow", newer, "gentle"), .. Playbooks.Rules] };
        var customer = Some.Customer(Some.Item());
        var (here, abroad) = (customer with { Country = "US" }, customer with { Country = "MX" });

        (playbooks.CodeFor(here.Traits, null), playbooks.For(here.Traits, null)).ShouldBe((null, null));
        playbooks.CodeFor(here.Traits, "gentle").ShouldBe("gentle");
        playbooks.CodeFor(abroad.Traits, null).ShouldBe("standard");
        var policy = StandardPolicy.For("US01") with { Playbooks = playbooks.Rules };
        new PlaybookChoice(here.Traits, new CompanyPlaybook(null)).IsNone(policy, Some.DueDate).ShouldBeFalse();
        newer.Check("/playbooks/0/customers", "bad")!.Field.ShouldBe("/playbooks/0/customers/Moods");
        JsonSerializer.Serialize(newer, Json.Stored).ShouldContain("\"Moods\":[\"bright\"]");
        JsonSerializer.Serialize(new CustomerCondition(), Json.Wire).ShouldNotContain("eyond");
    }

    /// <summary>The final notice of the one is nothing that customers of the other hear.</summary>
    [Fact]
    public void one_plan_has_each_customer_by_its_own_playbook_and_leaves_out_who_has_none()
    {
        var usual = Some.Customer(Some.Item());
        var small = Some.Customer(Some.Item()) with { Segment = "smb" };
        var own = Some.Customer(Some.Item()) with { Segment = "internal" };
        var unknown = Some.Customer(Some.Item()) with { Given = new(new("of-tomorrow")) };

        var plan = DunningPlanner.Plan(Some.DueDate.AddDays(25), Playbooks, [usual, small, own, unknown]);

        plan.Select(notice => (notice.Customer.CustomerId, notice.Playbook, notice.Step.Code)).ShouldBe(
            [(usual.CustomerId, "standard", "final-notice"), (small.CustomerId, "gentle", "first-notice")]);
        Playbooks.DaysAhead.ShouldBe(3);
        CustomerPlaybooks.Only(Gentle).DaysAhead.ShouldBe(0);
    }

    [Fact]
    public void rules_that_make_no_sense_are_refused_where_they_stand()
    {
        var standard = StandardPolicy.For("US01");
        var policies = new DeciderSpec<CollectionPolicy>(CollectionPolicy.Initial, CollectionPolicy.Evolve);
        (PlaybookRule Rule, string Field)[] wrong =
        [
            (new("", new CustomerCondition(), "gentle"), "/playbooks/0/name"),
            (new("All", new CustomerCondition(), "Gentle one"), "/playbooks/0/playbook"),
            (new("All", new CustomerCondition(Currencies: ["ABC"]), "gentle"), "/playbooks/0/customers/currencies"),
        ];

        foreach (var (rule, field) in wrong)
        {
            var wish = standard with { Playbooks = [rule] };
            policies.Given().When(policy => CollectionPolicyDecider.Define(policy, wish))
                .ThenRefused("invalid-policy").Field.ShouldBe(field);
        }

        PlaybookDecider.Define(Playbook.Initial, Gentle with { Code = CustomerPlaybooks.None }).Refusal!.Field
            .ShouldBe("/code");
    }

    [Fact]
    public void a_playbook_is_given_once_and_taken_back_once()
    {
        var id = Some.Id();
        var gentle = new PlaybookAssigned(id, "US01", "gentle", "They asked for it.", Some.DueDate);
        var rules = new PlaybookAssigned(id, "US01", null, "No longer.");
        var longer = gentle with { Until = Some.DueDate.AddDays(9) };

        Accounts.Given().When(account => Assign(account, gentle)).Then(gentle);
        Accounts.Given(gentle).When(account => Assign(account, gentle)).ThenNothing();
        Accounts.Given(gentle).When(account => Assign(account, longer)).Then(longer);
        Accounts.Given(gentle).When(account => Assign(account, rules)).Then(rules);
        Accounts.Given().When(account => Assign(account, rules)).ThenNothing();
        Accounts.Given(gentle, rules).When(account => Assign(account, rules with { Reason = "Said again." }))
            .ThenNothing();
    }

    [Fact]
    public void the_last_day_is_not_over_and_of_a_playbook_that_is_given()
    {
        var past = new PlaybookAssigned(Some.Id(), "US01", "gentle", "x", Some.DueDate.AddDays(-1));
        var nothing = new PlaybookAssigned(Some.Id(), "US01", null, "x", Some.DueDate);

        foreach (var wrong in new[] { past, nothing })
        {
            Accounts.Given().When(account => Assign(account, wrong)).ThenRefused("playbook-until").Field
                .ShouldBe("/until");
        }
    }

    /// <summary>Else it were a dunning block that nobody ends.</summary>
    [Fact]
    public void to_go_by_none_ends_by_itself_as_a_hold_does()
    {
        var latest = Some.DueDate.AddDays(HoldDecider.LongestDays);
        var none = new PlaybookAssigned(Some.Id(), "US01", CustomerPlaybooks.None, "x", latest);

        Accounts.Given().When(account => Assign(account, none)).Then(none);
        foreach (var wrong in new[] { none with { Until = null }, none with { Until = latest.AddDays(1) } })
        {
            Accounts.Given().When(account => Assign(account, wrong)).ThenRefused("playbook-until").Field
                .ShouldBe("/until");
        }

        // One without end from before this rule is given an end, and taken back.
        var before = none with { Until = null };
        Accounts.Given(before).When(account => Assign(account, none)).Then(none);
        var rules = new PlaybookAssigned(none.CustomerId, "US01", null, "No longer.");
        Accounts.Given(before).When(account => Assign(account, rules)).Then(rules);
    }

    [Fact]
    public void what_is_given_until_a_day_holds_on_that_day_and_then_the_rules_do_again()
    {
        var customer = Some.Customer(Some.Item()) with { Given = new(new("none", Some.DueDate.AddDays(20))) };

        DunningPlanner.Plan(Some.DueDate.AddDays(20), Playbooks, [customer]).ShouldBeEmpty();
        DunningPlanner.Plan(Some.DueDate.AddDays(21), Playbooks, [customer]).ShouldHaveSingleItem().Playbook
            .ShouldBe("standard");
    }

    [Fact]
    public void none_of_one_that_was_merged_into_it_comes_before_its_own()
    {
        var given = new CompanyPlaybook(new("gentle"), Some.DueDate);

        given.On(Some.DueDate).ShouldBe("none");
        given.On(Some.DueDate.AddDays(1)).ShouldBe("gentle");
    }

    private static Decision Assign(CollectionAccount account, PlaybookAssigned assigned) =>
        CollectionAccountDecider.Assign(account, assigned, Some.DueDate);
}
