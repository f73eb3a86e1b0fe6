//! Meetings, and their life in people's calendars.

pub mod invitations;
