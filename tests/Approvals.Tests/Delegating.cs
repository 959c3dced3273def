using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Approvals.Tests;

public class Delegating
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 18, 0, 0, TimeSpan.Zero);

    private static readonly HashSet<string> Held = ["controller", "ar-manager"];

    private static readonly ApprovalDelegated Holiday = new(
        "US01", "bob", "dan", ["controller"], Now.AddDays(-1), Now.AddDays(14));

    private static readonly DeciderSpec<ApprovalDelegation> Delegations =
        new(ApprovalDelegation.Initial, ApprovalDelegation.Evolve);

    [Fact]
    public void Roles_of_ones_own_are_delegated_to_another_person_for_a_time()
    {
        Delegations.Given().When(_ => ApprovalDelegation.Delegate(Holiday, Held, Now)).Then(Holiday);

        (ApprovalDelegated Wish, string Code)[] wrong =
        [
            (Holiday with { To = "bob" }, "invalid-delegation"),
            (Holiday with { To = " " }, "invalid-delegation"),
            (Holiday with { Roles = [] }, "invalid-delegation"),
            (Holiday with { Roles = ["controller", "controller"] }, "invalid-delegation"),
            (Holiday with { Roles = ["cfo"] }, "role-not-held"),
            (Holiday with { Until = Holiday.From }, "invalid-delegation"),
            (Holiday with { Until = Holiday.From.AddDays(367) }, "invalid-delegation"),
            (Holiday with { From = Now.AddDays(-3), Until = Now }, "invalid-delegation"),
        ];
        foreach (var (wish, code) in wrong)
            Delegations.Given().When(_ => ApprovalDelegation.Delegate(wish, Held, Now)).ThenRefused(code);
    }

    [Fact]
    public void Whoever_gave_it_takes_it_back_or_an_administrator()
    {
        Delegations.Given(Holiday).When(given => given.Revoke("bob", false))
            .Then(new ApprovalDelegationRevoked(Holiday, "bob"));
        Delegations.Given(Holiday).When(given => given.Revoke("amy", true))
            .Then(new ApprovalDelegationRevoked(Holiday, "amy"));
        Delegations.Given(Holiday).When(given => given.Revoke("dan", false)).ThenRefused("not-your-delegation");
        Delegations.Given(Holiday, new ApprovalDelegationRevoked(Holiday, "bob"))
            .When(given => given.Revoke("bob", false)).ThenNothing();
    }

    [Fact]
    public void A_replica_ends_the_same_in_whatever_order_it_hears_of_it()
    {
        var revoked = new ApprovalDelegationRevoked(Holiday, null);
        Delegations.Given().When(none => none.Learn(Holiday, false)).Then(Holiday);
        Delegations.Given().When(none => none.Learn(Holiday, true)).Then(Holiday, revoked);
        Delegations.Given(Holiday).When(known => known.Learn(Holiday, false)).ThenNothing();
        Delegations.Given(Holiday).When(known => known.Learn(Holiday, true)).Then(revoked);
        Delegations.Given(Holiday, revoked).When(known => known.Learn(Holiday, false)).ThenNothing();
        Delegations.Given(Holiday, revoked).When(known => known.Learn(Holiday, true)).ThenNothing();
    }
}
