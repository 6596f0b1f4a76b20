//! Open orders about the same thing (R52): counted without anybody's data, asked about once at each step.

use engine::NewRequest;
use lifecycle::command::Command;
use lifecycle::ids::OrderId;

use crate::world::{World, at, operator, request};

fn register(world: &World, category: Option<&str>, street: &str) -> OrderId {
    let wanted = NewRequest {
        category: category.map(str::to_owned),
        street: Some(street.to_owned()),
        ..request("油烟")
    };
    let handled = world
        .engine
        .register(wanted, &operator(), &engine::CommandOptions::default())
        .unwrap();
    handled.order.id
}

/// How many were counted for the orders of which somebody was told.
fn told(world: &World, orders: &[OrderId]) -> Vec<Option<u32>> {
    world.work_off();
    let of = |order| world.engine.view(order, &operator()).unwrap().order;
    orders.iter().map(|order| of(order).one_of_many).collect()
}

#[test]
fn the_fifth_and_the_tenth_order_are_told_of() {
    let world = World::new();
    let mut orders = Vec::new();
    for _ in 0..11 {
        // Another street, another category, and none at all: other things.
        register(&world, Some("油烟"), "石牌街道");
        register(&world, Some("噪声"), "员村街道");
        register(&world, None, "员村街道");
        orders.push(register(&world, Some("油烟"), "员村街道"));
        told(&world, &orders);
    }
    let mut expected = [None; 11];
    (expected[4], expected[9]) = (Some(5), Some(10));
    assert_eq!(told(&world, &orders), expected);
    assert!(world.events(&orders[4]).contains(&"many_alike"));
    // The count itself opens nobody's data.
    assert!(world.store.accesses().is_empty());
}

#[test]
fn many_at_once_are_told_of_once_and_old_or_closed_ones_do_not_count() {
    let world = World::new();
    let four: Vec<OrderId> = (0..4)
        .map(|_| register(&world, Some("油烟"), "员村街道"))
        .collect();
    assert_eq!(told(&world, &four), [None; 4]);
    // After the time of the rule set they are no part of what is concentrated now.
    world.clock.advance_to(at("2026-10-17T10:00:00+08:00"));
    let fifth = register(&world, Some("油烟"), "员村街道");
    assert_eq!(told(&world, std::slice::from_ref(&fifth)), [None]);
    // Six arrive before anybody counts: one of them is told of, whichever comes first.
    let burst: Vec<OrderId> = (0..6)
        .map(|_| register(&world, Some("油烟"), "员村街道"))
        .collect();
    let counted = told(&world, &burst);
    assert_eq!(counted.iter().flatten().collect::<Vec<_>>(), [&7]);
    // By hand nobody counts.
    assert!(
        world
            .give(&fifth, &operator(), |_| Command::CountAlike)
            .is_err()
    );
}
