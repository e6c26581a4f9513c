/* Loaded into tap and each test file before all else. tap would have a thread of hooks see every module that is loaded,
   to know by whom: nobody here asks, and it makes a start of these 500 files twice as long. */
import module from 'node:module';

module.register = () => {};
