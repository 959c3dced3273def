using OrderToCash.Kernel;
using Shouldly;

namespace OrderToCash.TestKit;

/// <summary>
/// Given events, when a decision is asked for, then these events, nothing, or a refusal. Events are compared by type
/// and content, lists in them too. One instance per aggregate: <c>new DeciderSpec&lt;Invoice&gt;(Invoice.Initial,
/// Invoice.Evolve)</c>.
/// </summary>
/// <param name="initial">The state before any event.</param>
/// <param name="evolve">State and event in, next state out.</param>
public sealed class DeciderSpec<TState>(TState initial, Func<TState, object, TState> evolve)
{
    /// <summary>What has happened.</summary>
    public Past Given(params IReadOnlyList<object> events) => new(events.Aggregate(initial, evolve), evolve);

    /// <summary>The state after the given events.</summary>
    public sealed class Past(TState state, Func<TState, object, TState> evolve)
    {
        /// <summary>What is asked.</summary>
        public Outcome When(Func<TState, Decision> decide) => new(state, decide(state), evolve);
    }

    /// <summary>The decision, to be checked.</summary>
    public sealed class Outcome(TState before, Decision decision, Func<TState, object, TState> evolve)
    {
        /// <summary>Exactly these events happen, in this order.</summary>
        public Outcome Then(params IReadOnlyList<object> events)
        {
            NotRefused();
            var (expected, actual) = (Text.OfAll(events), Text.OfAll(decision.Events));
            return expected == actual ? this : throw new ShouldAssertException(
                $"Other events than expected (- expected, + decided):\n{Text.Difference(expected, actual)}");
        }

        /// <summary>Nothing happens, and that is no refusal.</summary>
        public void ThenNothing()
        {
            NotRefused();
            if (decision.Events.Count > 0)
                throw new ShouldAssertException($"Expected no event, decided:\n{Text.OfAll(decision.Events)}");
        }

        /// <summary>Refused with this code; gives the refusal for further checks.</summary>
        public Refusal ThenRefused(string code)
        {
            if (decision.Refusal is not { } refusal)
            {
                throw new ShouldAssertException(
                    $"Expected the refusal '{code}', decided:\n{Text.OfAll(decision.Events)}");
            }

            return refusal.Code == code ? refusal : throw new ShouldAssertException(
                $"Expected the refusal '{code}', refused with '{refusal.Code}': {refusal.Detail}");
        }

        /// <summary>The state after the decided events.</summary>
        public void ThenState(Action<TState> check)
        {
            NotRefused();
            check(decision.Events.Aggregate(before, evolve));
        }

        private void NotRefused()
        {
            if (decision.Refusal is { } refusal)
            {
                throw new ShouldAssertException(
                    $"Expected no refusal, refused with '{refusal.Code}': {refusal.Detail}");
            }
        }
    }
}
